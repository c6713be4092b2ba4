//! ONNX files that tests write.

use prost::Message as _;
use tract_onnx::pb::type_proto::Value;
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, StringStringEntryProto,
    TensorProto, TensorShapeProto, TypeProto, ValueInfoProto, tensor_proto, tensor_shape_proto, type_proto,
};

/// A file whose one input is `sound`, with what it says of itself.
pub(crate) fn file(
    said: &[(&str, &str)],
    input: &[i64],
    node: Vec<NodeProto>,
    weights: TensorProto,
    (output, shape): (&str, &[i64]),
) -> Vec<u8> {
    let graph = GraphProto {
        name: "tiny".to_owned(),
        node,
        initializer: vec![weights],
        input: vec![value("sound", input)],
        output: vec![value(output, shape)],
        ..Default::default()
    };
    ModelProto {
        ir_version: 8,
        opset_import: vec![OperatorSetIdProto { domain: String::new(), version: 13 }],
        graph: Some(graph),
        metadata_props: entries(said),
        ..Default::default()
    }
    .encode_to_vec()
}

/// One operation.
pub(crate) fn node(
    operator: &str,
    inputs: &[&str],
    output: &str,
    attribute: Vec<AttributeProto>,
) -> NodeProto {
    NodeProto {
        op_type: operator.to_owned(),
        name: output.to_owned(),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.to_owned()],
        attribute,
        ..Default::default()
    }
}

fn entries(said: &[(&str, &str)]) -> Vec<StringStringEntryProto> {
    let entry = |&(key, value): &(&str, &str)| StringStringEntryProto {
        key: key.to_owned(),
        value: value.to_owned(),
    };
    said.iter().map(entry).collect()
}

fn value(name: &str, shape: &[i64]) -> ValueInfoProto {
    let dim = |&size: &i64| tensor_shape_proto::Dimension {
        value: Some(tensor_shape_proto::dimension::Value::DimValue(size)),
        ..Default::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: tensor_proto::DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: shape.iter().map(dim).collect() }),
    };
    ValueInfoProto {
        name: name.to_owned(),
        r#type: Some(TypeProto { value: Some(Value::TensorType(tensor)), ..Default::default() }),
        ..Default::default()
    }
}
