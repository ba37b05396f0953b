using System.Text.Json;

namespace FedOperator.Operator.Tests.Kubernetes;

/// <summary>How the .NET runtime runs the operator: what it takes must not depend on its node. `make bench-operator` shows what comes of it.</summary>
public sealed class RuntimeSettingsTests
{
    private static readonly JsonElement s_properties = JsonDocument.Parse(File.ReadAllText(Path.Join(AppContext.BaseDirectory, "fed.runtimeconfig.json"))).RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");

    [Fact]
    public void Memory_does_not_grow_with_the_processors_cache() => Assert.Equal(16 << 20, s_properties.GetProperty("System.GC.Gen0MaxBudget").GetInt64());

    [Theory]
    [InlineData("System.GC.Concurrent")]
    [InlineData("System.Runtime.TieredPGO")]
    public void Nothing_works_in_the_background_that_the_pods_cpu_request_would_pay_for(string setting) => Assert.False(s_properties.GetProperty(setting).GetBoolean());

    [Fact]
    public void Idle_threads_sleep_at_once() => Assert.Equal(0, s_properties.GetProperty("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit").GetInt32());
}
