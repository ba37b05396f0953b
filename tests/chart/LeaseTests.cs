using System.Text.Json.Nodes;

namespace FedOperator.Chart.Tests;

/// <summary>The chart's Lease on a real API server: it is the release's, and who holds it is not.</summary>
public sealed class LeaseTests
{
    private const string Held = """{"spec":{"holderIdentity":"operator-a","leaseDurationSeconds":15,"acquireTime":"2026-01-01T00:00:00.000000Z","renewTime":"2026-01-01T00:10:00.000000Z","leaseTransitions":3}}""";

    [Fact]
    public async Task No_upgrade_rollback_or_apply_takes_it_from_its_holder_and_an_uninstall_removes_it()
    {
        var server = await ApiServer.SharedAsync();
        await using var home = await server.NamespaceAsync();
        string[] release = [home.Name, Chart.Folder, "--set", "rbac.create=false,rbac.aggregate=false,podDisruptionBudget.enabled=false"];
        string[] where = ["--namespace", home.Name, "--kubeconfig", server.Kubeconfig];
        Task<string> KubectlAsync(params string[] arguments) => Programs.RunAsync("kubectl", ["--kubeconfig", server.Kubeconfig, "--namespace", home.Name, .. arguments]);
        async Task<JsonNode?> SpecAsync() => JsonNode.Parse(await KubectlAsync("get", "lease", $"{home.Name}-fed-operator", "-o", "json"))!["spec"];
        async Task AssertHeldAsync() => Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Held)!["spec"], await SpecAsync()), $"{await SpecAsync()}");

        await Chart.HelmAsync(["install", .. release, "--skip-crds", .. where]);
        Assert.Null((await SpecAsync())?["holderIdentity"]);

        await KubectlAsync("patch", "lease", $"{home.Name}-fed-operator", "--type=merge", "-p", Held);
        await Chart.HelmAsync(["upgrade", .. release, "--set", "replicas=2,podLabels.new=label", .. where]);
        await AssertHeldAsync();
        await Chart.HelmAsync(["rollback", home.Name, "1", .. where]);
        await AssertHeldAsync();

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, await Chart.HelmAsync(["template", .. release, "--namespace", home.Name]));
        foreach (var way in new string[][] { ["apply"], ["apply"], ["apply", "--server-side", "--force-conflicts"] })
        {
            await KubectlAsync([.. way, "-f", file]);
            await AssertHeldAsync();
        }
        File.Delete(file);

        await Chart.HelmAsync(["uninstall", home.Name, .. where]);
        Assert.Equal("", await KubectlAsync("get", "leases", "-o", "name"));
    }
}
