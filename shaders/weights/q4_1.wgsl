// Weights of 4 bits above a least value, as the GGUF blocks of that name hold them.
//% include weights/planes/bits-4.wgsl
//% include weights/planes/range.wgsl
//% include weights/planes/ranged.wgsl
