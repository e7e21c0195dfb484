print("edgebench: nothing here yet")
