"""Where points stay: one protocol, one database file a site."""
