// Weights of 4 bits from a least value on, as the GGUF blocks of that name hold them.
//% include weights/bits-4.wgsl
//% include weights/range.wgsl
//% include weights/ranged.wgsl
