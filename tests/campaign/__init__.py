"""Tests under failure: crashes, system errors, full disks, corrupt files, concurrency."""
