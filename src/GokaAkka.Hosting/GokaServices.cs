using GokaAkka.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>GokaAkka in a host.</summary>
public static class GokaServices
{
    /// <summary>
    /// Runs processors, views and emitters with the host: they start with it, are stopped within its shutdown time-out, and can be injected.
    /// Called again, it adds to what is there.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Says what runs.</param>
    public static IServiceCollection AddGoka(this IServiceCollection services, Action<GokaBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        configure(services.FirstOrDefault(s => s.ServiceType == typeof(GokaBuilder))?.ImplementationInstance as GokaBuilder ?? Begin(services));
        return services;
    }

    static GokaBuilder Begin(IServiceCollection services)
    {
        var builder = new GokaBuilder(services);
        services.AddSingleton(builder);
        services.TryAddSingleton<GokaRuntime>();
        services.TryAddSingleton(static provider => provider.GetRequiredService<GokaRuntime>().Goka);
        services.AddSingleton<IHostedService, GokaService>();
        return builder;
    }
}
