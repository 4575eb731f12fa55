param name string
