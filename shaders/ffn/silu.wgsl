// The bend of SiLU: silu(g) = g · sigmoid(g).

fn bend(gate: Element) -> Element {
  return gate;
}

fn bend_slope(gate: Element) -> Element {
  return Element(1.0);
}
