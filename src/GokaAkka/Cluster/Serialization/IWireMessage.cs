namespace GokaAkka.Cluster.Serialization;

/// <summary>Marks messages that go from node to node: reference.conf binds it to <see cref="GokaSerializer"/>, and <see cref="WireFormats"/> has to know each.</summary>
interface IWireMessage;
