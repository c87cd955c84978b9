"""The shared service centre: four services, their chassis and the language they speak."""
