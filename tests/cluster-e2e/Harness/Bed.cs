using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>The node of the test bed, and the bed's own programs: what only a test on its own machine may touch. See tests/cluster.</summary>
internal static class Bed
{
    private const string Socket = "/run/fed-test-bed/containerd.sock";

    /// <summary>Address of this host that pods reach.</summary>
    public static string Host { get; } = Environment.GetEnvironmentVariable("FED_E2E_HOST") ?? throw new InvalidOperationException("FED_E2E_HOST is not set: run this by tests/cluster/e2e.sh");

    /// <summary>Stops or starts one program of the bed.</summary>
    public static Task<string> ProgramAsync(string verb, string name) => Shell.RunAsync(Programs.Source("tests/cluster/program.sh"), [verb, name]);

    /// <summary>Process id of a pod's container on the node; null: it does not run.</summary>
    public static async Task<int?> FindAsync(string podUid, string container)
    {
        var said = await Shell.TryAsync("ctr", ["-a", Socket, "-n", "k8s.io", "containers", "ls", "-q", $"labels.\"io.kubernetes.pod.uid\"=={podUid},labels.\"io.kubernetes.container.name\"=={container}"]);
        foreach (var id in said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var tasks = await Shell.TryAsync("ctr", ["-a", Socket, "-n", "k8s.io", "tasks", "ls"]);
            foreach (var task in tasks.Output.Split('\n').Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
            {
                if (task.Length == 3 && task[0] == id && task[2] == "RUNNING")
                    return int.Parse(task[1], CultureInfo.InvariantCulture);
            }
        }
        return null;
    }

    /// <summary>SIGKILL to a container's first process, once it runs.</summary>
    public static async Task KillAsync(JsonNode pod, string container)
    {
        var uid = (string)pod["metadata"]!["uid"]!;
        var pid = 0;
        await Wait.UntilAsync($"running container {container} of pod {pod["metadata"]!["name"]}", TimeSpan.FromMinutes(1), async () => (pid = await FindAsync(uid, container) ?? 0) != 0);
        using var process = Process.GetProcessById(pid);
        process.Kill();
    }
}
