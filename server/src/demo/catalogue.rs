//! The apps and flows of the sample workspace.

use serde_json::json;

use domain::{
    FlowStatus, Timestamp,
    status::{Direction, Mode},
    time::DAY_MS,
};

/// How a provider wants to be shown who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Bearer,
    Basic,
    /// A header of its own.
    Header(&'static str),
    /// It is not called.
    None,
}

/// An app of the sample workspace.
#[derive(Debug)]
pub(super) struct App {
    pub(super) key: &'static str,
    pub(super) name: &'static str,
    /// Where its API begins.
    pub(super) api: &'static str,
    pub(super) access: Access,
    documentation: &'static str,
    errors: Option<&'static str>,
    contact: Option<&'static str>,
}

pub(super) static SHOP: App = App {
    key: "marigold-shop",
    name: "Marigold Shop",
    api: "https://api.marigold-shop.example",
    access: Access::Bearer,
    documentation: "https://developers.marigold-shop.example/reference",
    errors: Some("https://developers.marigold-shop.example/reference/errors"),
    contact: Some("partners@marigold-shop.example"),
};
pub(super) static CRM: App = App {
    key: "pipeloom-crm",
    name: "Pipeloom CRM",
    api: "https://api.pipeloom.example",
    access: Access::Bearer,
    documentation: "https://docs.pipeloom.example/api/v2",
    errors: Some("https://docs.pipeloom.example/api/v2/error-codes"),
    contact: Some("api-support@pipeloom.example"),
};
pub(super) static ERP: App = App {
    key: "norrland-erp",
    name: "Norrland ERP",
    api: "https://connect.norrland-erp.example",
    access: Access::Basic,
    documentation: "https://connect.norrland-erp.example/services/wsdl",
    errors: Some("https://help.norrland-erp.example/integration/faults"),
    contact: Some("Norrland service desk, +46 5550 100 20"),
};
pub(super) static FORMS: App = App {
    key: "formhaus",
    name: "Formhaus",
    api: "https://api.formhaus.example",
    access: Access::None,
    documentation: "https://formhaus.example/developers",
    errors: None,
    contact: None,
};
pub(super) static MAIL: App = App {
    key: "mailwren",
    name: "Mailwren",
    api: "https://api.mailwren.example",
    access: Access::Header("x-api-key"),
    documentation: "https://mailwren.example/docs/api",
    errors: Some("https://mailwren.example/docs/api/rate-limits"),
    contact: Some("support@mailwren.example"),
};
pub(super) static GITHUB: App = App {
    key: "github",
    name: "GitHub",
    api: "https://api.github.com",
    access: Access::Bearer,
    documentation: "https://docs.github.com/rest",
    errors: Some("https://docs.github.com/rest/using-the-rest-api/troubleshooting-the-rest-api"),
    contact: None,
};
pub(super) static DESK: App = App {
    key: "deskpine",
    name: "Deskpine",
    api: "https://deskpine.example/api/v1",
    access: Access::Bearer,
    documentation: "https://deskpine.example/api/docs",
    errors: Some("https://deskpine.example/api/docs/problems"),
    contact: Some("integrations@deskpine.example"),
};
pub(super) static BILLING: App = App {
    key: "tallybird",
    name: "Tallybird Billing",
    api: "https://api.tallybird.example",
    access: Access::Bearer,
    documentation: "https://tallybird.example/docs",
    errors: Some("https://tallybird.example/docs/errors"),
    contact: Some("developers@tallybird.example"),
};
pub(super) static LEDGER: App = App {
    key: "ledgerloom",
    name: "Ledgerloom",
    api: "https://api.ledgerloom.example",
    access: Access::Bearer,
    documentation: "https://developer.ledgerloom.example",
    errors: Some("https://developer.ledgerloom.example/errors"),
    contact: Some("api@ledgerloom.example"),
};
pub(super) static MARKET: App = App {
    key: "basarano",
    name: "Basarano Marketplace",
    api: "https://seller-api.basarano.example",
    access: Access::Header("x-seller-secret"),
    documentation: "https://seller-api.basarano.example/docs",
    errors: Some("https://seller-api.basarano.example/docs/status-codes"),
    contact: Some("seller-support@basarano.example"),
};
/// What the engine does by itself: mapping, timetables, memory.
pub(super) static TOOLS: App = App {
    key: "flow-tools",
    name: "Flow Tools",
    api: "https://relay.example",
    access: Access::None,
    documentation: "https://relay.example/docs/tools",
    errors: None,
    contact: Some("integrations@relay.example"),
};

const APPS: [&App; 11] = [
    &SHOP, &CRM, &ERP, &FORMS, &MAIL, &GITHUB, &DESK, &BILLING, &LEDGER, &MARKET, &TOOLS,
];

/// The flows that have integrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Flow {
    Contacts,
    Orders,
    Leads,
    Issues,
    Invoices,
    Stock,
}

impl Flow {
    /// All, each with its share of the runs in percent.
    pub(super) const SHARES: [(Self, u64); 6] = [
        (Self::Contacts, 32),
        (Self::Leads, 20),
        (Self::Orders, 16),
        (Self::Issues, 12),
        (Self::Invoices, 10),
        (Self::Stock, 10),
    ];

    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Contacts => "flow_contacts_to_crm",
            Self::Orders => "flow_orders_to_erp",
            Self::Leads => "flow_leads_to_newsletter",
            Self::Issues => "flow_issues_to_helpdesk",
            Self::Invoices => "flow_invoices",
            Self::Stock => "flow_stock_levels",
        }
    }

    /// Where its data goes: the system that an end-user connects.
    pub(super) fn target(self) -> &'static App {
        match self {
            Self::Contacts => &CRM,
            Self::Orders => &ERP,
            Self::Leads => &MAIL,
            Self::Issues => &DESK,
            Self::Invoices => &LEDGER,
            Self::Stock => &MARKET,
        }
    }

    /// Milliseconds between two starts by the clock; 1 where a call starts it.
    pub(super) fn beat_ms(self) -> i64 {
        match self {
            Self::Orders => 5 * 60_000,
            Self::Stock => 15 * 60_000,
            _ => 1,
        }
    }

    /// Whether its engine reports the steps behind a failed one as skipped, or not at all.
    pub(super) fn tells_skipped(self) -> bool {
        matches!(self, Self::Contacts | Self::Invoices | Self::Issues)
    }
}

/// Reports of all apps, then of all flows.
pub(super) fn items(now: Timestamp) -> Vec<String> {
    let apps = APPS.iter().map(|app| {
        let mut item = json!({
            "type": "app",
            "key": app.key,
            "name": app.name,
            "documentation_url": app.documentation,
        });
        if let Some(errors) = app.errors {
            item["error_documentation_url"] = errors.into();
        }
        if let Some(contact) = app.contact {
            item["contact"] = contact.into();
        }
        item.to_string()
    });
    apps.chain(flows(now)).collect()
}

/// How many [`items`] are.
pub(super) const ITEMS: usize = APPS.len() + FLOWS.len();

/// A flow, as its report tells it.
struct Described {
    key: &'static str,
    name: &'static str,
    status: FlowStatus,
    group: &'static str,
    direction: Direction,
    mode: Mode,
    interface: &'static str,
    age_days: i64,
    description: &'static str,
}

const FLOWS: [Described; 7] = [
    Described {
        key: "flow_contacts_to_crm",
        name: "Sync contacts to CRM",
        status: FlowStatus::Published,
        group: "Sales",
        direction: Direction::Outward,
        mode: Mode::Realtime,
        interface: "REST",
        age_days: 512,
        description: "A new or changed customer of the shop becomes a contact in Pipeloom.",
    },
    Described {
        key: "flow_orders_to_erp",
        name: "Order export to ERP",
        status: FlowStatus::Published,
        group: "Operations",
        direction: Direction::Outward,
        mode: Mode::Scheduled,
        interface: "SOAP",
        age_days: 498,
        description: "Every five minutes, paid orders go to Norrland as sales orders.",
    },
    Described {
        key: "flow_leads_to_newsletter",
        name: "Lead form to newsletter",
        status: FlowStatus::Published,
        group: "Marketing",
        direction: Direction::Outward,
        mode: Mode::Realtime,
        interface: "REST",
        age_days: 371,
        description: "Who fills in a form and agrees is subscribed to a list in Mailwren.",
    },
    Described {
        key: "flow_issues_to_helpdesk",
        name: "GitHub issues to helpdesk",
        status: FlowStatus::Published,
        group: "Support",
        direction: Direction::Inward,
        mode: Mode::Realtime,
        interface: "REST",
        age_days: 244,
        description: "An opened issue or a failed job becomes a ticket in Deskpine.",
    },
    Described {
        key: "flow_invoices",
        name: "Invoice sync",
        status: FlowStatus::Published,
        group: "Finance",
        direction: Direction::Bidirectional,
        mode: Mode::Realtime,
        interface: "REST",
        age_days: 303,
        description: "A paid invoice is booked in Ledgerloom, with its PDF where one is needed.",
    },
    Described {
        key: "flow_stock_levels",
        name: "Stock levels to marketplace",
        status: FlowStatus::Published,
        group: "Operations",
        direction: Direction::Outward,
        mode: Mode::Scheduled,
        interface: "REST",
        age_days: 186,
        description: "By timetable, changed stock levels of the ERP go to Basarano, which answers slowly.",
    },
    Described {
        key: "flow_refund_notifications",
        name: "Refund notifications",
        status: FlowStatus::Draft,
        group: "Finance",
        direction: Direction::Outward,
        mode: Mode::Realtime,
        interface: "REST",
        age_days: 6,
        description: "Planned: tell customers when their refund is on its way.",
    },
];

fn flows(now: Timestamp) -> impl Iterator<Item = String> {
    FLOWS.iter().map(move |flow| {
        json!({
            "type": "flow",
            "key": flow.key,
            "name": flow.name,
            "status": flow.status,
            "group": flow.group,
            "direction": flow.direction,
            "mode": flow.mode,
            "interface_type": flow.interface,
            "description": flow.description,
            "created_at": now.plus_ms(-flow.age_days * DAY_MS),
        })
        .to_string()
    })
}
