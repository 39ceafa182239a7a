// Weights of 5 bits above a least value, with scales in groups of 256, as the GGUF blocks of that name hold
// them.
//% include weights/planes/bits-5.wgsl
//% include weights/planes/range-of-256.wgsl
//% include weights/planes/ranged.wgsl
