UPDATE vigil.import SET current = false WHERE current
