namespace GokaAkka.Testing.Tests;

/// <summary>Does what a test says when a delivery is told.</summary>
public sealed class CallingListener(Action call) : IDeliveryListener
{
    public void Delivered(int token, long offset, KafkaFault? fault) => call();
}
