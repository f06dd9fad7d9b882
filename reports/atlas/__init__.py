"""An atlas as data and as a site: one row an answer, pages, badges, and what changed between two of them."""
