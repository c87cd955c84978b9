"""Following up: causes, monthly statements, tertial reports, and the centre's whole picture."""
