// Weights of 5 bits above a least value, as the GGUF blocks of that name hold them.
//% include weights/planes/bits-5.wgsl
//% include weights/planes/range.wgsl
//% include weights/planes/ranged.wgsl
