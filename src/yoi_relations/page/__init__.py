"""The page: an overview as one HTML file, which needs no network and no server.

`document` makes the JSON value that the page shows, `map` the positions of its nodes and the lines
of its edges, by way of `layers`, which is the library that places them. `html` puts the value,
`page.css` and `page.js` into one file, and `static_list` writes what is read without JavaScript.
"""
