// Cell `cell` of the tile of $NAME that starts at row `first`: 32 rows, dimensions 32·chunk onwards.
fn fetch_$NAME(first: u32, heads: u32, head: u32, chunk: u32, cell: u32) -> vec4f {
  let row = first + cell / 8u;
  if (row >= shape.rows) {
    return vec4f(0.0);
  }
  return load_$NAME(row * heads + head, chunk * 8u + cell % 8u);
}
