// A gate applied to a value, given the bend of the gate: gate · sigmoid(bend) · up. exp is only taken of −|bend|.

fn gated(gate: Element, bent: Element, up: Element) -> Element {
  let e = exp(-abs(bent));
  let sigmoid = select(e, Element(1.0), bent >= Element(0.0)) / (Element(1.0) + e);
  return gate * sigmoid * up;
}
