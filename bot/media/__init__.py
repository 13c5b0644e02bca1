"""Photos and voice notes as strangers send them, made anew in a process of their own before anybody else sees them."""
