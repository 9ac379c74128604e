"""The site as a browser meets it: real server, real worker, Debian's Chromium."""
