using System.Globalization;
using FedOperator.Core.Storage;

// arguments: folder, this process's number, how many blobs. Prints the blobs that this process created.
// or: folder `draft`. Begins a draft, says so, and waits to be killed.
var store = new FileBlobStore(args[0]);
if (args[1] == "draft")
{
    var draft = await store.DraftAsync(default);
    await draft.Content.WriteAsync(new byte[1_000_000]);
    Console.WriteLine("drafting");
    await Task.Delay(Timeout.Infinite);
}
var blobs = int.Parse(args[2], CultureInfo.InvariantCulture);
for (var blob = 0; blob < blobs; blob++)
{
    if (await store.CreateAsync($"race/{blob}", new[] { byte.Parse(args[1], CultureInfo.InvariantCulture) }, default) is not null)
        Console.WriteLine(blob);
}
