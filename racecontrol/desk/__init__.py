"""The Textual app of the operator. The only package that imports textual."""
