variable "folder" {
  type        = string
  description = "The folder of everything that runs on the machines."
}
