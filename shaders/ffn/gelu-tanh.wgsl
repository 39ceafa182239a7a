// The bend of GELU in its tanh form: gelu(g) = g / 2 · (1 + tanh(z / 2)) = g · sigmoid(z),
// z = √(8/π) · (g + 0.044715 g³).

// Beyond these values the sigmoid is 0 or 1 in float32; the cube stays finite.
const farthest = 50.0;

fn bend(gate: Element) -> Element {
  let g = clamp(gate, Element(-farthest), Element(farthest));
  return 1.5957691216 * g * (Element(1.0) + 0.044715 * g * g);
}

fn bend_slope(gate: Element) -> Element {
  let g = clamp(gate, Element(-farthest), Element(farthest));
  return 1.5957691216 * (Element(1.0) + 0.134145 * g * g);
}
