// Weights of 4 bits around zero, as the GGUF blocks of that name hold them.
//% include weights/bits-4.wgsl
//% include weights/scale.wgsl
//% include weights/centred.wgsl
