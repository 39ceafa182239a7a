fn load_NAME(vector: u32, block: u32) -> vec4f {
  if (4u * block >= HEAD_DIM) {
    return vec4f();
  }
  return NAME[vector * (HEAD_DIM / 4u) + block];
}
