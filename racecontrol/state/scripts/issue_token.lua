-- Keep what is known of a token that was just issued.
-- KEYS: tokens, log. ARGV: token id, what is known of it as JSON, race id or '', operator, the token in words.
-- Answers 1 if it is new, 0 when a reply was lost and this is a repeat.
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('XADD', KEYS[2], '*', 'race', ARGV[3], 'operator', ARGV[4], 'what', 'token issued', 'why', ARGV[5],
  'severity', 'info')
return 1
