// Weights of 5 bits from a least value on, as the GGUF blocks of that name hold them.
//% include weights/bits-5.wgsl
//% include weights/range.wgsl
//% include weights/ranged.wgsl
