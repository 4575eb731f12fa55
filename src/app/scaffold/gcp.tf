resource "google_storage_bucket" "bad" {
  name                        = "bad"
  location                    = "EU"
  uniform_bucket_level_access = false # expect
}

resource "google_storage_bucket" "good" {
  name                        = "good"
  location                    = "EU"
  uniform_bucket_level_access = true
}
