using System.ComponentModel;

namespace GokaAkka.Outages.Brokers;

/// <summary>What brokers are started with.</summary>
static class Requirements
{
    /// <summary>What is missing, in a line; null for nothing.</summary>
    public static async Task<string?> Missing()
    {
        try
        {
            using var java = Process.Start(new ProcessStartInfo(KafkaHome.Java, KafkaHome.Run("-version")) { RedirectStandardError = true })!;
            await java.WaitForExitAsync();
            return null;
        }
        catch (InvalidOperationException e)
        {
            return e.Message;
        }
        catch (Win32Exception e)
        {
            return $"Brokers cannot be started: there is no Java as '{KafkaHome.Java}' ({e.Message}). Install Java 17 or later, or set JAVA_HOME.";
        }
    }
}
