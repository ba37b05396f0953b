using System.Text.Json;
using FedOperator.Tests;
using FedOperator.Tests.Cluster;
using k8s;

namespace FedOperator.OperatorCluster.Tests;

/// <summary>A service account that may do what its Role says and nothing else, and a kubeconfig with its token.</summary>
internal sealed class TestAccount : IDisposable
{
    private TestAccount(string kubeconfig) => Kubeconfig = kubeconfig;

    /// <summary>The file.</summary>
    public string Kubeconfig { get; }

    /// <summary>Makes one.</summary>
    /// <param name="server">The API server.</param>
    /// <param name="namespace">The account's, and its Role's.</param>
    /// <param name="rules">The Role's rules.</param>
    public static async Task<TestAccount> CreateAsync(ApiServer server, TestNamespace @namespace, params object[] rules)
    {
        var custom = @namespace.Client.CustomObjects;
        const string Rbac = "rbac.authorization.k8s.io";
        var subject = new { kind = "ServiceAccount", name = "worker", @namespace = @namespace.Name };
        await custom.CreateNamespacedCustomObjectAsync<JsonElement>(
            body: new { apiVersion = "v1", kind = "ServiceAccount", metadata = new { name = "worker" } }, group: "", version: "v1", namespaceParameter: @namespace.Name, plural: "serviceaccounts");
        await custom.CreateNamespacedCustomObjectAsync<JsonElement>(
            body: new { apiVersion = $"{Rbac}/v1", kind = "Role", metadata = new { name = "worker" }, rules }, group: Rbac, version: "v1", namespaceParameter: @namespace.Name, plural: "roles");
        await custom.CreateNamespacedCustomObjectAsync<JsonElement>(
            body: new { apiVersion = $"{Rbac}/v1", kind = "RoleBinding", metadata = new { name = "worker" }, roleRef = new { apiGroup = Rbac, kind = "Role", name = "worker" }, subjects = new[] { subject } },
            group: Rbac, version: "v1", namespaceParameter: @namespace.Name, plural: "rolebindings");

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, """{"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}}""");
        var answer = JsonDocument.Parse(await Programs.RunAsync("kubectl", "--kubeconfig", server.Kubeconfig, "create", "--raw", $"/api/v1/namespaces/{@namespace.Name}/serviceaccounts/worker/token", "-f", file)).RootElement;
        var token = answer.GetProperty("status").GetProperty("token").GetString();
        var admin = server.Configuration();
        var authority = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(string.Join('\n', admin.SslCaCerts.Select(c => c.ExportCertificatePem()))));
        await File.WriteAllTextAsync(file, $$"""
            apiVersion: v1
            kind: Config
            current-context: worker
            clusters: [{name: bed, cluster: { server: "{{admin.Host}}", certificate-authority-data: {{authority}} } }]
            contexts: [{name: worker, context: {cluster: bed, user: worker, namespace: {{@namespace.Name}} } }]
            users: [{name: worker, user: {token: {{token}} } }]
            """);
        return new TestAccount(file);
    }

    /// <inheritdoc/>
    public void Dispose() => File.Delete(Kubeconfig);
}
