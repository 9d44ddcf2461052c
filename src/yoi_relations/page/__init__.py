"""The page: an overview as one HTML file, which needs no network and no server.

`document` makes the JSON value that the page shows, `map` the positions of its nodes and the lines
of its edges. `links` brings the links into an order without cycles, `layers` places the nodes by a
library, and `lines` makes the SVG paths. `html` puts the value, `page.css` and the files in
`script/` into one file, and `static_list` writes what is read without JavaScript.
"""
