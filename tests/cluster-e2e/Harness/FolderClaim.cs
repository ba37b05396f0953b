namespace FedOperator.ClusterEndToEnd.Harness;

/// <summary>A claim, and a volume for it out of a new folder of the node.</summary>
internal sealed class FolderClaim : IAsyncDisposable
{
    private readonly string _volume;

    private FolderClaim(string folder, string volume) => (Folder, _volume) = (folder, volume);

    /// <summary>The folder. Not below /tmp, so that a pod can have it at the same path.</summary>
    public string Folder { get; }

    /// <summary>Makes them, and gives the folder to the user of the job's pods.</summary>
    /// <param name="kubectl">Of the claim's namespace.</param>
    /// <param name="name">The claim's.</param>
    /// <param name="access">Its access mode.</param>
    public static async Task<FolderClaim> CreateAsync(Kubectl kubectl, string name, string access)
    {
        var volume = $"{name}-{kubectl.Namespace}";
        var folder = Path.Join("/var/tmp", $"fed-e2e-{volume}-{Path.GetRandomFileName()}");
        Directory.CreateDirectory(folder);
        // Kubernetes does not give a folder of a node to a pod's group: values trainer.user.
        await Shell.RunAsync("chown", ["65532:65532", folder]);
        await kubectl.ApplyAsync($$$"""
            apiVersion: v1
            kind: PersistentVolume
            metadata: {name: {{{volume}}}}
            spec:
              capacity: {storage: 1Gi}
              accessModes: [{{{access}}}]
              storageClassName: ""
              persistentVolumeReclaimPolicy: Retain
              claimRef: {namespace: {{{kubectl.Namespace}}}, name: {{{name}}}}
              hostPath: {path: {{{folder}}}, type: Directory}
            ---
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: {{{name}}}}
            spec:
              accessModes: [{{{access}}}]
              storageClassName: ""
              resources: {requests: {storage: 1Gi}}
            """);
        return new FolderClaim(folder, volume);
    }

    public async ValueTask DisposeAsync()
    {
        await new Kubectl().TryAsync("delete", "persistentvolume", _volume, "--wait=false");
        Directory.Delete(Folder, recursive: true);
    }
}
