// Weights of 5 bits around zero, as the GGUF blocks of that name hold them.
//% include weights/bits-5.wgsl
//% include weights/scale.wgsl
//% include weights/centred.wgsl
