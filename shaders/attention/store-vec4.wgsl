fn store_NAME(vector: u32, block: u32, value: vec4f) {
  if (4u * block < HEAD_DIM) {
    NAME[vector * (HEAD_DIM / 4u) + block] = value;
  }
}
