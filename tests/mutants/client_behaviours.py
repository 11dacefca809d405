CLIENT: list = []
