// What the tiled attention kernels share: 64 threads (ty = 0..7, tx = 0..7) on tiles of 32 × 32. Thread (tx,
// ty) holds rows 4·ty … 4·ty + 3 of the first tile against rows tx + 8·c of the second. Tiles are 32 rows of 8
// cells (32 dimensions); a ninth, unused cell keeps rows off the same bank.
const tile_rows = 32u;
const tile_stride = 9u;

var<workgroup> tile_a: array<vec4f, 288>;
var<workgroup> tile_b: array<vec4f, 288>;
// weights[j · 9 + ty]: of second-tile row j, for the four first-tile rows of ty
var<workgroup> weights: array<vec4f, 288>;
var<workgroup> bounds: vec2u;

// Where cell `cell` (row cell / 8, block cell % 8) of a tile lies.
fn slot(cell: u32) -> u32 {
  return (cell / 8u) * tile_stride + cell % 8u;
}

// products + tile_a · tile_bᵀ: column c holds the four rows of ty against row tx + 8·c.
fn add_products(products: mat4x4f, tx: u32, ty: u32) -> mat4x4f {
  var sum = products;
  for (var chunk = 0u; chunk < 8u; chunk += 1u) {
    let a0 = tile_a[(4u * ty) * tile_stride + chunk];
    let a1 = tile_a[(4u * ty + 1u) * tile_stride + chunk];
    let a2 = tile_a[(4u * ty + 2u) * tile_stride + chunk];
    let a3 = tile_a[(4u * ty + 3u) * tile_stride + chunk];
    for (var c = 0u; c < 4u; c += 1u) {
      let b = tile_b[(tx + 8u * c) * tile_stride + chunk];
      sum[c] += vec4f(dot(a0, b), dot(a1, b), dot(a2, b), dot(a3, b));
    }
  }
  return sum;
}
