"""Municipal gold: pages of many looks made from known contents, so that text, title and dates are known exactly."""
