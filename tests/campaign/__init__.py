"""What goes wrong on purpose: crashes, errors of the system, full disks."""
