using TorchSharp.Tests;

namespace Prometheus.Tests;

public sealed class ApiTests
{
    private static readonly string[] Listings = [.. new[] { "prometheus-net-8.2.1.txt", "also-in-8.2.1.txt" }.Select(f => Path.Combine(AppContext.BaseDirectory, "api", f))];

    [Fact]
    public void Every_public_member_of_the_stand_in_is_in_the_real_package()
    {
        var real = ApiListing.Read(Listings);
        Type[] types = [.. typeof(Metrics).Assembly.GetExportedTypes(), .. typeof(KestrelMetricServer).Assembly.GetExportedTypes()];
        var strange = types.OrderBy(t => t.FullName, StringComparer.Ordinal).SelectMany(t =>
            ApiListing.Members(t).Distinct(StringComparer.Ordinal).Where(m => !(real.GetValueOrDefault(t.FullName!)?.Contains(m) ?? false)).Select(m => $"## {t.FullName}\n  {m}")).ToList();
        Assert.True(strange.Count == 0, $"{strange.Count} members exist only in the stand-in:\n{string.Join('\n', strange)}");
    }

    [Fact]
    public void A_member_that_is_not_listed_is_found()
    {
        var real = ApiListing.Read(Listings);
        Assert.DoesNotContain("void invented()", real["Prometheus.Counter"]);
        Assert.Contains("void Inc(double increment = 1)", ApiListing.Members(typeof(Counter)));
        Assert.Contains("void Inc(double increment = 1)", real["Prometheus.Counter"]);
    }

    [Fact]
    public void Assemblies_are_named_as_the_packages_name_them()
    {
        Assert.Equal("Prometheus.NetStandard", typeof(Metrics).Assembly.GetName().Name);
        Assert.Equal("Prometheus.AspNetCore", typeof(KestrelMetricServer).Assembly.GetName().Name);
    }
}
