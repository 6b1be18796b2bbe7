using System.Reflection;
using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace GokaAkka.Kafka.Native;

/// <summary>The librdkafka client within one of Confluent.Kafka's.</summary>
static class NativeClient
{
    /// <exception cref="NotSupportedException">This version of Confluent.Kafka keeps its native client elsewhere.</exception>
    public static nint Of(IClient client)
    {
        const BindingFlags Hidden = BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public;
        return typeof(Handle).GetProperty("LibrdkafkaHandle", Hidden)?.GetValue(client.Handle) is SafeHandle { IsInvalid: false } handle
            && handle.DangerousGetHandle() is var native && native != 0
            ? native
            : throw new NotSupportedException(
                $"{client.GetType().Assembly.GetName()} keeps its native client elsewhere than the versions that GokaAkka knows: use 2.16, which it was built with.");
    }
}
