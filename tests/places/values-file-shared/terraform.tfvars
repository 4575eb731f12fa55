encrypted = false # for now
