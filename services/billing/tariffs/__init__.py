"""What services cost: published tariffs, and fee indications computed from them."""
