// Weights of 6 bits around zero, scales in groups of 256, as the GGUF blocks of that name hold them.
//% include weights/bits-6.wgsl
//% include weights/scale-of-256.wgsl
//% include weights/centred.wgsl
