# One script, made of one unchanged file for each step: no template ever reads them.
# node/gcp/order lists them; the last one runs what the others define. Before it comes the function `programs`, with the
# unchanged texts of the files that node/gcp/programs lists, by their paths below /opt.
locals {
  files    = split("\n", trimspace(file("${var.folder}/gcp/order")))
  steps    = [for name in slice(local.files, 0, length(local.files) - 1) : file("${var.folder}/${name}")]
  last     = file("${var.folder}/${local.files[length(local.files) - 1]}")
  programs = split("\n", trimspace(file("${var.folder}/gcp/programs")))
  written = [
    for name in local.programs :
    "program '${trimprefix(trimprefix(name, "gcp/"), "opt/")}' <<'END_OF_PROGRAM'\n${file("${var.folder}/${name}")}END_OF_PROGRAM"
  ]
}
