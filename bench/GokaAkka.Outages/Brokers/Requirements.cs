using System.ComponentModel;

namespace GokaAkka.Outages.Brokers;

/// <summary>What brokers are started with: Kafka's jars and Java.</summary>
static class Requirements
{
    /// <summary>Does something that needs them; 2 and a line where they are missing.</summary>
    public static async Task<int> Met(Func<Task<int>> action)
    {
        try
        {
            using var java = Process.Start(new ProcessStartInfo(KafkaHome.Java, KafkaHome.Run("-version")) { RedirectStandardError = true })!;
            await java.WaitForExitAsync();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            await Console.Error.WriteLineAsync(e is Win32Exception ? $"Brokers cannot be started: '{KafkaHome.Java}' cannot. Install Java 17 or later, or set JAVA_HOME." : e.Message);
            return 2;
        }

        return await action();
    }
}
