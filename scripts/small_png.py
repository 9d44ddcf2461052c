"""PNG files with a palette, which are a quarter of the size of a browser's screenshots."""

from __future__ import annotations

import base64
import struct
import zlib

from playwright.sync_api import Page

_NEAR = 26
"""Distance in RGBA up to which a colour becomes a more frequent one."""
_KEPT = 10
"""Number of colours that are kept whatever their distance: the grounds, borders and texts."""
_REDUCE = """async ([data, near, kept]) => {
  const image = new Image();
  image.src = `data:image/png;base64,${data}`;
  await image.decode();
  const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
  canvas.drawImage(image, 0, 0);
  const read = canvas.getImageData(0, 0, image.width, image.height).data;
  const pixels = new Uint32Array(read.buffer);
  const counts = new Map();
  for (const pixel of pixels) counts.set(pixel, (counts.get(pixel) ?? 0) + 1);
  const found = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([pixel]) => pixel);
  const split = (pixel) => [0, 8, 16, 24].map((shift) => (pixel >>> shift) & 255);
  const away = (a, b) => Math.hypot(...a.map((value, part) => value - b[part]));
  const palette = [];
  for (const colour of found.map(split)) {
    const apart = palette.length < kept || palette.every((one) => away(colour, one) > near);
    if (apart && palette.length < 256) palette.push(colour);
  }
  const nearest = new Map(found.map((pixel) => {
    const distances = palette.map((one) => away(split(pixel), one));
    return [pixel, distances.indexOf(Math.min(...distances))];
  }));
  const indices = Uint8Array.from(pixels, (pixel) => nearest.get(pixel));
  return [image.width, image.height, palette, indices.toBase64()];
}"""
"""Width, height, palette, and for each pixel its place in the palette."""


def small_png(page: Page, screenshot: bytes) -> bytes:
    """A screenshot with at most 256 colours, by a page of a browser that reads it."""
    data = base64.b64encode(screenshot).decode()
    width, height, palette, encoded = page.evaluate(_REDUCE, [data, _NEAR, _KEPT])
    indices = base64.b64decode(encoded)
    rows = [b"\0" + indices[start : start + width] for start in range(0, len(indices), width)]
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(value for colour in palette for value in colour[:3])),
        (b"tRNS", bytes(colour[3] for colour in palette)),
        (b"IDAT", zlib.compress(b"".join(rows), 9)),
        (b"IEND", b""),
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
