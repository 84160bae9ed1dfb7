"""The desk: one race on one terminal screen. The only room that knows textual.

`lines` are pure functions from values to coloured text; `widgets` put them on the screen;
`screens` are the main one and the dialogs; `actions` is what each key of `keymap` does.
"""
