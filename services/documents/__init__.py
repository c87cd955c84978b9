"""Documents generated from the code: event catalogue, AsyncAPI, OpenAPI, problem codes."""
