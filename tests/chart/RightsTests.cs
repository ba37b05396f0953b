using System.Text.Json.Nodes;

namespace FedOperator.Chart.Tests;

/// <summary>What a real API server lets the operator's service account do: this, and nothing else.</summary>
public sealed class RightsTests
{
    private static readonly string[] s_rights =
    [
        "events [get create patch]",
        "federatedjobs.fedoperator.io [list watch patch delete]",
        "federatedjobs.fedoperator.io/finalizers [update]",
        "federatedjobs.fedoperator.io/status [patch]",
        "pods [get list watch create delete]",
        "secrets [get create update]",
    ];

    private static readonly string[] s_lease = ["leases.coordination.k8s.io [create]", "leases.coordination.k8s.io:NAME [get update]"];

    [Fact]
    public async Task For_all_namespaces_the_operator_has_six_kinds_of_rights_and_its_lease()
    {
        var server = await ApiServer.SharedAsync();
        await using var home = await server.NamespaceAsync();
        await using var other = await server.NamespaceAsync();
        await using var release = await Install.AsGivenAsync(server, home.Name);
        Assert.Equal(s_rights, await release.RightsAsync(other.Name));
        Assert.Equal(s_rights.Concat(s_lease).Order(StringComparer.Ordinal), await release.RightsAsync(home.Name));
    }

    [Fact]
    public async Task For_named_namespaces_it_has_them_there_only()
    {
        var server = await ApiServer.SharedAsync();
        await using var home = await server.NamespaceAsync();
        await using var team = await server.NamespaceAsync();
        await using var other = await server.NamespaceAsync();
        await using var release = await Install.AsGivenAsync(server, home.Name, "--set", $"namespaces={{{team.Name}}}");
        Assert.Equal(s_rights, await release.RightsAsync(team.Name));
        Assert.Equal(s_lease, await release.RightsAsync(home.Name));
        Assert.Empty(await release.RightsAsync(other.Name));
    }

    [Theory]
    [InlineData("list", "secrets")]
    [InlineData("watch", "secrets")]
    [InlineData("delete", "secrets")]
    [InlineData("create", "federatedjobs.fedoperator.io")]
    [InlineData("update", "federatedjobs.fedoperator.io")]
    [InlineData("get", "pods/log")]
    [InlineData("create", "pods/exec")]
    [InlineData("patch", "pods")]
    [InlineData("impersonate", "serviceaccounts")]
    [InlineData("get", "nodes")]
    [InlineData("create", "clusterrolebindings.rbac.authorization.k8s.io")]
    public async Task What_it_does_not_need_it_may_not_do(string verb, string resource)
    {
        var server = await ApiServer.SharedAsync();
        await using var home = await server.NamespaceAsync();
        await using var release = await Install.AsGivenAsync(server, home.Name);
        Assert.True(await release.CanAsync("get", "pods"));
        Assert.False(await release.CanAsync(verb, resource));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",networkPolicy.jobs=true,namespaces={HOME}")]
    public async Task The_API_server_accepts_every_object_of_the_chart(string more)
    {
        var server = await ApiServer.SharedAsync();
        await using var home = await server.NamespaceAsync();
        // No CRDs of Prometheus Operator are there; the node is older than policy/v1.
        var values = "replicas=2,networkPolicy.enabled=true,podDisruptionBudget.enabled=false,caBundle.configMap=ca" + more.Replace("HOME", home.Name, StringComparison.Ordinal);
        var objects = await Chart.HelmAsync("template", "fed", Chart.Folder, "--namespace", home.Name, "--set", values);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, objects);
        var said = await Programs.RunAsync("kubectl", "--kubeconfig", server.Kubeconfig, "apply", "--dry-run=server", "-f", file);
        File.Delete(file);
        Assert.Contains("deployment.apps/fed-fed-operator created (server dry run)", said, StringComparison.Ordinal);
        Assert.Contains("lease.coordination.k8s.io/fed-fed-operator created (server dry run)", said, StringComparison.Ordinal);
        Assert.Equal(more.Length > 0, said.Contains("fed-fed-operator-jobs created", StringComparison.Ordinal));
    }

    /// <summary>The chart's service account and roles on a server.</summary>
    private sealed class Install : IAsyncDisposable
    {
        private readonly ApiServer _server;
        private readonly string _home;
        private readonly string _file;

        private Install(ApiServer server, string home, string file) => (_server, _home, _file) = (server, home, file);

        private string Account => $"system:serviceaccount:{_home}:{_home}-fed-operator";

        public static async Task<Install> AsGivenAsync(ApiServer server, string home, params string[] values)
        {
            // the release has the namespace's name: names of cluster-wide objects are its own
            var objects = Chart.Objects(await Chart.HelmAsync(["template", home, Chart.Folder, "--namespace", home, .. values]));
            var file = Path.GetTempFileName();
            var kept = new JsonArray([.. objects.Where(o => (string)o["kind"]! is "ServiceAccount" or "Role" or "RoleBinding" or "ClusterRole" or "ClusterRoleBinding").Select(o => o.DeepClone())]);
            await File.WriteAllTextAsync(file, new JsonObject { ["apiVersion"] = "v1", ["kind"] = "List", ["items"] = kept }.ToJsonString());
            var install = new Install(server, home, file);
            await install.KubectlAsync("apply", "-f", file);
            return install;
        }

        /// <summary>What `kubectl auth can-i --list` says, without what everybody may do: RESOURCE[:NAME] [VERBS], sorted.</summary>
        public async Task<IReadOnlyList<string>> RightsAsync(string space)
        {
            var lines = (await KubectlAsync("auth", "can-i", "--list", "--as", Account, "--namespace", space)).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
            return [.. lines.Select(Right).OfType<string>().Order(StringComparer.Ordinal)];
        }

        public async Task<bool> CanAsync(string verb, string resource)
        {
            try
            {
                return (await KubectlAsync("auth", "can-i", verb, resource.Split('/')[0], "--subresource=" + string.Join('/', resource.Split('/').Skip(1)), "--as", Account, "--namespace", _home)).Trim() == "yes";
            }
            catch (Xunit.Sdk.XunitException e) when (e.Message.Contains("exit code 1\n", StringComparison.Ordinal))
            {
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await KubectlAsync("delete", "-f", _file, "--wait=false");
            File.Delete(_file);
        }

        private string? Right(string line)
        {
            // RESOURCE  [URLS]  [NAMES]  [VERBS]; a line of a URL begins with spaces
            var parts = line.Split('[');
            var resource = parts[0].Trim();
            var name = parts[2].Split(']')[0].Replace($"{_home}-fed-operator", "NAME", StringComparison.Ordinal);
            return resource.Length == 0 || resource.StartsWith("selfsubject", StringComparison.Ordinal) ? null : $"{resource}{(name.Length > 0 ? ":" + name : "")} [{parts[3].Split(']')[0]}]";
        }

        private Task<string> KubectlAsync(params string[] arguments) => Programs.RunAsync("kubectl", ["--kubeconfig", _server.Kubeconfig, .. arguments]);
    }
}
